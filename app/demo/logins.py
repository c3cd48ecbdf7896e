"""The demonstration logins, which exist with `--demo` alone."""

DEMO_PASSWORD = "ansinh-demo-2026"  # noqa: S105  (public by intent: a server out of demo mode refuses it)
DEMO_CLIENT = "partner-phunu-hatinh"
DEMO_LOGINS = {
    "bhxh.vn": "quản trị BHXH Việt Nam / national BHXH administrator",
    "bhxh.hatinh": "cán bộ BHXH Hà Tĩnh / BHXH officer of Hà Tĩnh",
    "quantri.hatinh": "quản trị Hội Phụ nữ Hà Tĩnh / administrator of the Women's Union of Hà Tĩnh",
    "phunu.hatinh": "cán bộ Hội Phụ nữ Hà Tĩnh / Women's Union officer of Hà Tĩnh",
    "nongdan.hatinh": "cán bộ Hội Nông dân Hà Tĩnh / Farmers' Association officer of Hà Tĩnh",
    "phunu.tayninh": "cán bộ Hội Phụ nữ Tây Ninh / Women's Union officer of Tây Ninh",
    "totruong.demo": "tổ trưởng kiêm thủ quỹ một tổ / leader and treasurer of one group",
    "xem.vn": "người xem toàn quốc / national viewer",
}
