"""The outside protocols, IMAP and SMTP: bytes and addresses, no tickets."""
