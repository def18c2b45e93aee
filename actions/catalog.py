"""The list of all actions."""

from __future__ import annotations

from actions.base import ServiceAction
from actions.conversation import (
    ActionCaseStatus,
    ActionFrustration,
    ActionGreet,
    ActionHandOver,
    ActionOfferPerson,
    ActionOutOfScope,
    ActionSmallTalk,
)
from actions.guide_actions import ActionExplainTopic, ActionStep
from actions.message import ActionReadMessage
from actions.task_form import ValidateTaskForm
from actions.tasks import ActionAffirm, ActionCancel, ActionDeny, ActionRunTask, ActionStartTask, ActionTakeDatum
from actions.topics import ActionNotUnderstood

ACTIONS: tuple[type[ServiceAction], ...] = (
    ActionReadMessage,
    ValidateTaskForm,
    ActionStartTask,
    ActionRunTask,
    ActionCancel,
    ActionAffirm,
    ActionDeny,
    ActionTakeDatum,
    ActionGreet,
    ActionSmallTalk,
    ActionExplainTopic,
    ActionStep,
    ActionHandOver,
    ActionOfferPerson,
    ActionCaseStatus,
    ActionFrustration,
    ActionNotUnderstood,
    ActionOutOfScope,
)
