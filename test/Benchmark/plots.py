"""The plots of docs/Performance.md, one a question."""

import os
import sys


def value(case, name):
    text = case["variables"].get(name, "")
    return int(text) if text.isdigit() else text


def lines(cases, x, keys):
    """Yields (label, xs, medians, lower, upper) for each combination of `keys`."""
    groups = {}
    for case in cases:
        if "share_of_ceiling" in case:
            label = ", ".join(f"D = {value(case, k)}" if k == "D" else str(value(case, k))
                              for k in keys)
            groups.setdefault(label, []).append(case)
    for label, members in groups.items():
        members.sort(key=lambda c: value(c, x))
        shares = [c["share_of_ceiling"] for c in members]
        yield (label, [value(c, x) for c in members], [100 * s["median"] for s in shares],
               [100 * s["lower_quartile"] for s in shares],
               [100 * s["upper_quartile"] for s in shares])


# Group: (variable of the x axis, its name, what tells lines apart, name of y).
PLOTS = {
    "length": ("N", "queries and keys", ("variant", "D", "mask"), "% of the multiply-adds kept up"),
    "channels": ("D", "channels a head", ("mask",), "% of the multiply-adds kept up"),
    "decode": ("N", "keys in the cache", ("variant",), "% of the read rate"),
    "threads": ("threads", "threads", ("mask",), "% of the multiply-adds kept up"),
}


def draw_one(pyplot, cases, plot, path):
    x, x_name, keys, y_name = plot
    figure, axes = pyplot.subplots(figsize=(7.5, 4))
    for label, xs, medians, lower, upper in lines(cases, x, keys):
        drawn, = axes.plot(xs, medians, marker="o", markersize=3, label=label)
        axes.fill_between(xs, lower, upper, color=drawn.get_color(), alpha=0.15, linewidth=0)
    ticks = sorted({value(c, x) for c in cases})
    axes.set_xscale("log", base=2)
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel(x_name)
    axes.set_ylabel(y_name)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def draw(kernels, folder):
    try:
        import matplotlib
    except ImportError:
        print("plots: SKIPPED: matplotlib is not installed for this Python; the plots are "
              "left as they are", file=sys.stderr)
        return
    matplotlib.use("svg")
    from matplotlib import pyplot
    # Text as text, and the same bytes from the same results.
    pyplot.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "sextant"})
    os.makedirs(folder, exist_ok=True)
    for group, plot in PLOTS.items():
        if group in kernels:
            draw_one(pyplot, kernels[group], plot, os.path.join(folder, group + ".svg"))
