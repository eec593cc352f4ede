import numpy as np

from tests.animate.conftest import MakePack
from tests.animate.sample_art import png
from vcam.animate.contact_sheet import contact_sheet
from vcam.animate.pack import load_pack


def test_every_picture_has_its_tile(make_pack: MakePack) -> None:
    toml = '[expressions]\nneutral = ["a.png", "b.png"]\n'
    pack = load_pack(make_pack(toml, files={"a.png": png(), "b.png": png(80, 30, (0, 0, 80, 30))}))
    sheet = np.asarray(contact_sheet(pack, tile_px=64))
    cell_w, cell_h = sheet.shape[1] // 4, sheet.shape[0] // 3
    assert sheet.shape[2] == 3
    first, second = (sheet[14 : 14 + 64, x * cell_w + 14 : x * cell_w + 14 + 64] for x in (0, 1))
    assert tuple(first[32, 32]) == tuple(second[32, 32]) == (255, 0, 0)
    assert (first[:, 32, 1] == 0).mean() > 0.85
    assert (second[:, 32, 1] == 0).mean() < 0.5
    stand_in = sheet[cell_h + 14 + 32, 14 + 32]
    assert stand_in[0] > 240
    assert 120 < stand_in[1] < 200


def test_a_puppet_is_shown_with_every_mood(make_pack: MakePack) -> None:
    sheet = np.asarray(contact_sheet(load_pack(make_pack('[puppet]\ncharacter = "robot"\n')), tile_px=64))
    cell_w, cell_h = sheet.shape[1] // 4, sheet.shape[0] // 2
    tiles = [
        sheet[y * cell_h + 14 : y * cell_h + 78, x * cell_w + 14 : x * cell_w + 78].astype(int)
        for y in range(2)
        for x in range(4)
    ]
    assert all(tile.std() > 10 for tile in tiles)
    assert all(np.abs(tile - tiles[0]).mean() > 0.2 for tile in tiles[1:])
