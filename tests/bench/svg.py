"""Charts as SVG text: what `./dev bench` draws, without a library."""
from html import escape

FONT = "font-family='DejaVu Sans, Verdana, sans-serif'"
INK, FAINT, OURS, OTHERS, PLAIN = "#222", "#ccc", "#2a6f97", "#b0703c", "#888"


def text(x, y, words, size=12, anchor="start", colour=INK, weight="normal"):
    return (f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{colour}' "
            f"font-weight='{weight}' {FONT}>{escape(str(words))}</text>")


def line(x1, y1, x2, y2, colour=FAINT, width=1):
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='{width}'/>"


def picture(width, height, parts):
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}' "
            f"height='{height:.0f}'>\n<rect width='100%' height='100%' fill='#fff'/>\n" + "\n".join(parts) + "\n</svg>\n")


def bars(title, rows, y, width=760, left=230, unit="ms"):
    """`rows`: (name, value, low, high, colour): a bar to value, a whisker from low to high. What is five
    times as long as the rest is cut and says so. Gives (parts, the y below)."""
    parts = [text(10, y + 14, title, 14, weight="bold")]
    y += 26
    lengths = sorted(value for _, value, *_ in rows)
    most = lengths[-1]
    for shorter, longer in zip(lengths, lengths[1:]):
        if longer > 5 * shorter and longer > 5 * lengths[len(lengths) // 2]:
            most = shorter * 1.2
            break
    room = width - left - 110
    for name, value, low, high, colour in rows:
        length = min(value, most) / most * room
        parts.append(text(left - 8, y + 12, name, anchor="end"))
        parts.append(f"<rect x='{left}' y='{y}' width='{max(length, 1):.1f}' height='15' fill='{colour}'/>")
        if value > most:
            parts.append(line(left + length - 12, y + 17, left + length - 4, y - 2, "#fff", 4))
        elif high > low:
            ends = [left + min(end, most) / most * room for end in (low, high)]
            parts.append(line(ends[0], y + 7.5, ends[1], y + 7.5, INK))
            length = max(length, ends[1] - left)
        parts.append(text(left + length + 6, y + 12, f"{value:.3g} {unit}"))
        y += 20
    return parts, y + 14


def power_of_ten(value):
    exponent, one = 0, value
    while one >= 10:
        one, exponent = one / 10, exponent + 1
    while one < 1:
        one, exponent = one * 10, exponent - 1
    return exponent


def curve(title, what, unit, series, x, y, knee=None, width=370, height=250):
    """A panel with both axes logarithmic. `series`: (name, colour, [(n, value), …]), values above 0."""
    from math import log10
    left, right, top, bottom = x + 52, x + width - 14, y + 34, y + height - 34
    ns = [n for _, _, points in series for n, _ in points]
    values = [v for _, _, points in series for _, v in points]
    low_x, high_x = log10(min(ns)), max(log10(max(ns)), log10(min(ns)) + 0.1)
    low_y, high_y = power_of_ten(min(values)), power_of_ten(max(values)) + 1

    def at(n, value):
        return (left + (log10(n) - low_x) / (high_x - low_x) * (right - left),
                bottom - (log10(value) - low_y) / (high_y - low_y) * (bottom - top))
    parts = [text(x + 8, y + 16, title, 13, weight="bold")]
    for exponent in range(low_y, high_y + 1):
        _, at_y = at(min(ns), 10.0 ** exponent)
        parts += [line(left, at_y, right, at_y), text(left - 5, at_y + 4, f"{10.0 ** exponent:g}", 10, "end")]
    for n in sorted(set(ns)):
        at_x, _ = at(n, 10.0 ** low_y)
        parts.append(line(at_x, bottom, at_x, bottom + 4, INK))
        exponent = power_of_ten(n)
        if n == 10 ** exponent or len(set(ns)) < 7:
            parts.append(text(at_x, bottom + 16, f"{n:,}", 10, "middle"))
    parts += [text((left + right) / 2, y + height - 4, what, 11, "middle"), text(right, y + 16, unit, 10, "end", PLAIN)]
    for i, (name, colour, points) in enumerate(series):
        way = " ".join(f"{a:.1f},{b:.1f}" for a, b in (at(n, v) for n, v in points))
        parts.append(f"<polyline points='{way}' fill='none' stroke='{colour}' stroke-width='2'/>")
        parts += [f"<circle cx='{a:.1f}' cy='{b:.1f}' r='2.5' fill='{colour}'/>" for a, b in (at(n, v) for n, v in points)]
        parts.append(text(left + 6, top + 12 + 14 * i, name, 11, colour=colour))
    if knee:
        a, _ = at(knee, 10.0 ** low_y)
        parts += [line(a, top, a, bottom, OTHERS), text(a + 3, bottom - 5, f"knee {knee:,}", 10, colour=OTHERS)]
    return parts
