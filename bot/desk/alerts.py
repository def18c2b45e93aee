"""Which events of the desk call somebody whose page is hidden, and whom. Pure."""

from __future__ import annotations

TO_TEAM = frozenset({"opened", "queued", "requeued", "transferred", "open_to_team"})
"""Everybody who could take the case; where it is kept for, or given to, one agent, that one."""
TO_OWNER = frozenset({"message", "alert_agent"})
TO_SUPERVISOR = frozenset({"alert_supervisor", "overdue"})
ALERTS = TO_TEAM | TO_OWNER | TO_SUPERVISOR
"""Kinds of :meth:`bot.desk.case_store.CaseStore.event`."""
