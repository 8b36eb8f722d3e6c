"""Users and tokens."""

from service.people.accounts import add_user, issue_token, list_users, revoke

__all__ = ["add_user", "issue_token", "list_users", "revoke"]
