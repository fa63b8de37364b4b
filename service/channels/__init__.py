"""The network room: webhooks and e-mail leave the house here, and every attempt ends in `Sent` or `Failed`."""
