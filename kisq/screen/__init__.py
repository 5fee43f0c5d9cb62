"""What a person looks at while it is live."""
