"""What can happen to engines, classes and stored days: a closed list of kinds, each with a sentence.

An event is a flat JSON object: `event` (the kind), `at` (microseconds since the epoch), `message` (what happened, for
people), and details of its own beside them.
"""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """The kinds; `sentence` says what each means."""

    # an engine's own life
    READY = "ready"
    STOPPED = "stopped"
    FAILED = "failed"
    PAUSED = "paused"
    RESUMED = "resumed"
    DEGRADED = "degraded"
    RECOVERED = "recovered"
    DRAINING = "draining"
    CHILD_DIED = "child_died"
    CHILD_REPLACED = "child_replaced"
    CRASH_LOOP = "crash_loop"
    FIELD_PARKED = "field_parked"
    FIELD_RELEASED = "field_released"
    SETTINGS_CHANGED = "settings_changed"
    CLASS_CHANGED = "class_changed"
    WRITE_FAILED = "write_failed"
    ABANDONED = "abandoned"
    CLOCK_STEP = "clock_step"
    WARNING = "warning"
    NO_SPACE = "no_space"
    # what operators do through the factory
    ENGINE_CREATED = "engine_created"
    ENGINE_EDITED = "engine_edited"
    ENGINE_DELETED = "engine_deleted"
    ENGINE_RESTARTED = "engine_restarted"
    CLASS_VERSION_ADDED = "class_version_added"
    CLASS_ROLLED_BACK = "class_rolled_back"
    CONFIG_TAKEN_OVER = "config_taken_over"
    CONFIG_REPORTED = "config_reported"
    SENDER_ALLOWED = "sender_allowed"
    SENDER_IGNORED = "sender_ignored"
    # what happens to stored days
    DAY_SEALED = "day_sealed"
    DAY_DELETED = "day_deleted"
    RETENTION_RUN = "retention_run"
    RETENTION_WAITS = "retention_waits"
    CLOCK_CONFIRMED = "clock_confirmed"
    JOB_FAILED = "job_failed"

    @property
    def sentence(self) -> str:
        """What it means, for an operator."""
        return _SENTENCES[self]


# what an operator should look at; the rest is news
TROUBLES = frozenset(
    {
        EventKind.FAILED,
        EventKind.DEGRADED,
        EventKind.CHILD_DIED,
        EventKind.CRASH_LOOP,
        EventKind.FIELD_PARKED,
        EventKind.WRITE_FAILED,
        EventKind.ABANDONED,
        EventKind.CLOCK_STEP,
        EventKind.WARNING,
        EventKind.NO_SPACE,
        EventKind.CONFIG_REPORTED,
        EventKind.RETENTION_WAITS,
        EventKind.JOB_FAILED,
    }
)

_SENTENCES = {
    EventKind.READY: "The engine receives.",
    EventKind.STOPPED: "The engine has ended; its ledger is final.",
    EventKind.FAILED: "The engine could not start, or gave up; the message says what to do.",
    EventKind.PAUSED: "The engine reads and counts datagrams and stores none.",
    EventKind.RESUMED: "A reason to pause is gone; without any left the engine stores again.",
    EventKind.DEGRADED: "Something is wrong that the engine works around; nothing received is lost so far.",
    EventKind.RECOVERED: "What was wrong is over.",
    EventKind.DRAINING: "The engine takes nothing new and stores what it has.",
    EventKind.CHILD_DIED: "A process of the engine died or fell silent.",
    EventKind.CHILD_REPLACED: "A new process took over from one that died.",
    EventKind.CRASH_LOOP: "A process died too often in a short time; the engine gave up.",
    EventKind.FIELD_PARKED: "A pattern took too long; its field stays NULL until it is released or edited.",
    EventKind.FIELD_RELEASED: "A parked field is searched again.",
    EventKind.SETTINGS_CHANGED: "Settings were changed while the engine ran.",
    EventKind.CLASS_CHANGED: "The patterns of the engine's class were changed while it ran.",
    EventKind.WRITE_FAILED: "A day file could not be written; what is received is kept and retried.",
    EventKind.ABANDONED: "Datagrams could not be stored before a process or a deadline ended; they are counted.",
    EventKind.CLOCK_STEP: "The machine's clock stepped back.",
    EventKind.WARNING: "Something an operator should know; the engine goes on.",
    EventKind.NO_SPACE: "The disk is fuller than SPACE_PERCENTAGE_TO_STOP allows.",
    EventKind.ENGINE_CREATED: "An engine was created.",
    EventKind.ENGINE_EDITED: "An engine's settings were edited.",
    EventKind.ENGINE_DELETED: "An engine was deleted.",
    EventKind.ENGINE_RESTARTED: "An engine that had ended by itself was started again.",
    EventKind.CLASS_VERSION_ADDED: "A class has a new version.",
    EventKind.CLASS_ROLLED_BACK: "A class went back to the patterns of an earlier version, as a new one.",
    EventKind.CONFIG_TAKEN_OVER: "The configuration file was taken over.",
    EventKind.CONFIG_REPORTED: "The configuration file differs from what runs and was left alone there.",
    EventKind.SENDER_ALLOWED: "An unknown sender became a client.",
    EventKind.SENDER_IGNORED: "An unknown sender is not shown any more.",
    EventKind.DAY_SEALED: "A stored day is over, was checked, and is changed by nobody any more.",
    EventKind.DAY_DELETED: "A stored day was deleted; the message says why.",
    EventKind.RETENTION_RUN: "Retention looked at every stored day.",
    EventKind.RETENTION_WAITS: "Retention deletes nothing until an operator confirms the clock, or it stays steady.",
    EventKind.CLOCK_CONFIRMED: "An operator confirmed that the clock is right.",
    EventKind.JOB_FAILED: "A job on stored days failed; nothing is half done.",
}
