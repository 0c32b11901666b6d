"""Where returns are fetched from: folders, SFTP, S3-compatible storage, mailboxes."""
