"""What KIS sets for a session and its approval key (protocol.md sections 1 and 2)."""

MOST_REGISTRATIONS = 41  # of an appkey, all TRs together
APPROVAL_PATH = "/oauth2/Approval"
APPROVAL_SECONDS = 24 * 3600  # that an approval key is valid
