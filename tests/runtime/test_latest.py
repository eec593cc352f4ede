import threading

from vcam.runtime.latest import LatestSlot


def test_the_newest_item_replaces_what_nobody_took() -> None:
    slot: LatestSlot[int] = LatestSlot()
    for item in (1, 2, 3):
        slot.put(item)
    assert slot.take(0) == 3
    assert slot.dropped == 2
    assert slot.take(0) is None


def test_falsy_items_are_items() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(0)
    assert slot.take(0) == 0


def test_iteration_ends_at_close_after_the_waiting_item() -> None:
    slot: LatestSlot[str] = LatestSlot()
    slot.put("last")
    slot.close()
    slot.put("too late")
    assert list(slot) == ["last"]
    assert slot.closed


def test_close_wakes_a_waiting_reader() -> None:
    slot: LatestSlot[int] = LatestSlot()
    taken: list[list[int]] = []
    reader = threading.Thread(target=lambda: taken.append(list(slot)))
    reader.start()
    slot.close()
    reader.join(10)
    assert taken == [[]]


def test_a_reader_gets_what_another_thread_puts() -> None:
    slot: LatestSlot[int] = LatestSlot()
    writer = threading.Thread(target=lambda: slot.put(7))
    writer.start()
    assert slot.take(10) == 7
    writer.join(10)


def test_clear_forgets_without_counting() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(1)
    slot.clear()
    slot.put(2)
    assert slot.take(0) == 2
    assert slot.dropped == 0
