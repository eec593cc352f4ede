import numpy as np

from tests.desktop.screen import rows


def test_lines_of_text_are_told_from_separators() -> None:
    menu = np.full((120, 200, 3), 255, np.uint8)
    for top in (10, 40, 80):
        menu[top : top + 10, 40:90] = 30
    menu[60, :] = 90
    menu[92:94, 50:52] = 30
    assert rows(menu) == [15, 45, 87]
