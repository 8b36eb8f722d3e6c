"""`paceline users`: who may sign in, and as whom."""

from __future__ import annotations

from paceline.console import note, say, say_json, say_table
from paceline.home import Home
from paceline.workspace import open_engine
from service.people.accounts import add_user, issue_token
from service.people.accounts import list_users as all_users


def add(home: Home, name: str, *, role: str, rep_id: str | None, as_json: bool) -> None:
    """Add a user."""
    user_id = add_user(open_engine(home), name, role, rep_id=rep_id)
    if as_json:
        say_json({"user_id": user_id, "name": name, "role": role, "rep_id": rep_id})
    else:
        linked = f", rep {rep_id}" if rep_id else ""
        say(f"added {name} as {role}{linked}; `paceline users token {name}` issues a token")


def token(home: Home, name: str, *, as_json: bool) -> None:
    """Issue a token and print it once."""
    issued = issue_token(open_engine(home), name)
    if as_json:
        say_json({"user": name, "token": issued})
    else:
        say(issued)
        note("keep it safe: it is not stored and cannot be shown again")


def list_users(home: Home, *, as_json: bool) -> None:
    """Print all users."""
    users = [dict(user) for user in all_users(open_engine(home))]
    if as_json:
        say_json(users)
    else:
        say_table(list(users[0]) if users else ["name"], [list(user.values()) for user in users])
