"""What keeps the promises, each as a switch: a mutant is the same world with one of them off."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Guards:
    """All on: the service as it is. The comments name where the real one stands."""

    # the log and the one road (migrations 0001, store/log, engine/handle, engine/gather, engine/save)
    versions_unique: bool = True
    customer_locked: bool = True
    loaded_under_lock: bool = True
    asked_again_under_lock: bool = True
    one_transaction: bool = True
    acknowledged_after_commit: bool = True
    flushed_before_acknowledged: bool = True
    alarm_saved_with_state: bool = True
    outbox_with_events: bool = True
    # once (store/inbox)
    inbox_unique: bool = True
    content_compared: bool = True
    # messages (store/messages, engine/compose, engine/post)
    one_message_a_day: bool = True
    left_messages_take_no_more: bool = True
    composed_when_nothing_is_due: bool = True
    asked_once_more_when_claimed: bool = True
    window_when_claimed: bool = True
    message_leased: bool = True
    message_fenced: bool = True
    reported_once: bool = True
    # webhooks (store/outbox, engine/deliver)
    lease_outlasts_deadline: bool = True
    lease_expires: bool = True
    delivery_fenced: bool = True
    attempts_counted_when_claimed: bool = True
    endpoint_asked_when_claimed: bool = True
    missed_is_kept: bool = True
    webhook_id_stays: bool = True

    def without(self, name: str) -> "Guards":
        """The mutant."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        assert values[name]
        return Guards(**{**values, name: False})


NAMES = tuple(field.name for field in fields(Guards))
