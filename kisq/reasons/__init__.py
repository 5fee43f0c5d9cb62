"""Why a key is silent."""
