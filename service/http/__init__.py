"""What stands between the socket and the endpoints: limits, headers, problems, admission."""
