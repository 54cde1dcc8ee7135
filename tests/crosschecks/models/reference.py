"""Independent formulas in numpy and scipy for every number that `rankcollapse inspect` gives of a layer."""
import numpy as np
import scipy.integrate
import scipy.linalg
import scipy.optimize


def spectrum(blocks):
    """Singular values of all blocks together, descending."""
    values = {}
    for i, (block, same) in enumerate(blocks):
        values[i] = values[same] if same < i else scipy.linalg.svdvals(block, check_finite=True)
    return np.sort(np.concatenate(list(values.values())))[::-1]


def blocks_of(weights, kind, layout, groups, view, size):
    """The matrices that stand for a layer, each with the number of the first block that has the same singular values by definition: often its own."""
    blocks = list(matrices_of(weights, kind, layout, groups, view, size))
    if view != "fourier" or kind not in ("convolution", "transposedConvolution"):
        return [(block, i) for i, block in enumerate(blocks)]
    # The transform of real weights at the frequencies w and -w is conjugate.
    axes = weights.ndim - 2
    count = size ** axes
    opposite = [np.ravel_multi_index(tuple((-i) % size for i in index), (size,) * axes) for index in np.ndindex(*(size,) * axes)]
    return [(block, i // count * count + min(i % count, opposite[i % count])) for i, block in enumerate(blocks)]


def matrices_of(weights, kind, layout, groups, view, size):
    if kind not in ("convolution", "transposedConvolution"):
        return list(weights.reshape(-1, *weights.shape[-2:]))
    if layout == "channelsLast":
        weights = np.moveaxis(weights, (-1, -2), (0, 1))
    parts = np.split(weights, groups, axis=0)
    if view == "unfolded":
        return [part.reshape(part.shape[0], -1) for part in parts]
    axes = tuple(range(2, weights.ndim))
    if view == "slices":
        return [block for part in parts for block in part.reshape(*part.shape[:2], -1).transpose(2, 0, 1)]
    result = []
    for part in parts:
        transformed = np.fft.fftn(part, s=(size,) * len(axes), axes=axes) if max(part.shape[2:]) <= size else wrapped(part, size)
        result.extend(transformed.reshape(*part.shape[:2], -1).transpose(2, 0, 1))
    return result


def wrapped(part, size):
    """A kernel wider than the image wraps around before the transform."""
    folded = np.zeros(part.shape[:2] + (size,) * (part.ndim - 2))
    for index in np.ndindex(*part.shape[2:]):
        folded[(slice(None), slice(None)) + tuple(i % size for i in index)] += part[(slice(None), slice(None)) + index]
    return np.fft.fftn(folded, axes=tuple(range(2, part.ndim)))


def power_law(x):
    """Clauset, Shalizi and Newman (2009), written after their plfit: every datum but the largest is tried as x_min; data within 1e-10 are equal."""
    x = np.sort(x[x > 0])
    if len(x) < 5 or x[-1] <= x[0] * (1 + 1e-10):
        return None
    best = None
    first = np.concatenate([[True], x[1:] > x[:-1] * (1 + 1e-10)]) & (x[-1] > x * (1 + 1e-10))
    for start in np.flatnonzero(first):
        minimum, tail = x[start], x[start:]
        n = len(tail)
        alpha = 1 + n / np.sum(np.log(tail / minimum))
        empirical = np.arange(n) / n
        fitted = 1 - (minimum / tail) ** (alpha - 1)
        distance = np.max(np.abs(fitted - empirical))
        if best is None or distance < best[2]:
            best = (alpha, minimum, distance, n)
    return best


def hill(x):
    """The exponent of the larger half of the data, as fix_fingers='xmin_mid' in the authors' program."""
    x = np.sort(x[x > 0])
    half = x[len(x) // 2:]
    if len(x) < 5 or half[-1] <= half[0] * (1 + 1e-10):
        return None
    return 1 + len(half) / np.sum(np.log(half / half[0]))


def window_values(blocks):
    """Singular values of four square windows of half the smaller side, for matrices that are not square."""
    values = []
    for block in blocks:
        block = block if block.shape[0] <= block.shape[1] else block.T
        shorter, longer = block.shape
        side = (shorter + 1) // 2
        for i in range(4):
            row, column = (0, shorter - side)[i % 2], i * (longer - side) // 3
            values.append(np.linalg.svd(block[row:row + side, column:column + side], compute_uv=False))
    return np.concatenate(values)


def threshold_factor(ratio):
    """Gavish and Donoho's omega, with the median of the law by integration of its density."""
    low, high = (1 - np.sqrt(ratio)) ** 2, (1 + np.sqrt(ratio)) ** 2

    def below(x):
        # x = low + (high - low)·(1 − cos t)/2 takes the roots away from the ends.
        end = np.arccos(np.clip(1 - 2 * (x - low) / (high - low), -1, 1))
        width = high - low
        density = lambda t: (width / 2 * np.sin(t)) ** 2 / (2 * np.pi * ratio * max(low + width * (1 - np.cos(t)) / 2, 1e-300))
        return scipy.integrate.quad(density, 0, end, epsabs=1e-13, epsrel=1e-13, limit=500)[0]

    median = scipy.optimize.brentq(lambda x: below(x) - 0.5, low, high, xtol=1e-13)
    return np.sqrt((2 * (ratio + 1) + 8 * ratio / (ratio + 1 + np.sqrt(ratio ** 2 + 14 * ratio + 1))) / median)


def metrics(s, rows, columns, count, classes, block_values=None, windows=None):
    """Every number by its key, from singular values."""
    epsilon = np.finfo(float).eps
    result = {}
    total = np.sum(s ** 2)
    result["weightSpectralNorm"] = s[0]
    result["weightNorm"] = np.sqrt(total)
    result["weightStableRank"] = total / s[0] ** 2 if s[0] > 0 else 0
    p = s[s > 0] / np.sum(s) if s[0] > 0 else np.array([])
    result["weightEffectiveRank"] = np.exp(-np.sum(p * np.log(p))) if len(p) else 0
    significant = s[s > max(rows, columns) * epsilon * s[0]] ** 2
    q = significant / np.sum(significant)
    result["eigenvalueEntropy"] = -np.sum(q * np.log(q)) / np.log(len(q)) if len(q) > 1 else None
    for key, tolerance in (("1e-2", 1e-2), ("1e-3", 1e-3), ("", 1e-5), ("Epsilon", max(rows, columns) * epsilon)):
        result["weightNumericalRank" + key] = int(np.sum(s > tolerance * s[0]))
    result["weightTailEnergy"] = np.sum(s[classes:] ** 2) / total if total > 0 else None
    edge = np.sqrt(total / (rows * columns * count)) * (np.sqrt(rows) + np.sqrt(columns))
    result["marchenkoPasturEdge"] = edge
    result["valuesAboveEdge"] = int(np.sum(s > edge))
    law = power_law(significant)
    for key, value in zip(("powerLawExponent", "powerLawMinimum", "powerLawDistance", "powerLawSample"), law or (None,) * 4):
        result[key] = value
    noise = max(rows, columns) * epsilon * s[0]
    threshold = max(noise, threshold_factor(min(rows, columns) / max(rows, columns)) * np.median(s)) if rows * columns > 0 else 0
    result["gavishDonohoThreshold"] = threshold
    result["valuesAboveGavishDonoho"] = int(np.sum(s > threshold))
    result["hillExponent"] = hill(significant)
    if rows == columns:
        result["hillExponentFixedAspect"] = result["hillExponent"]
    elif windows is not None:
        result["hillExponentFixedAspect"] = hill(windows[windows > noise] ** 2)
    if total > 0:
        result["logNorm"], result["logSpectralNorm"] = np.log10(total), np.log10(s[0] ** 2)
        result["weightedAlpha"] = law[0] * np.log10(s[0] ** 2) if law else None
        result["logAlphaNorm"] = np.log10(np.sum((significant / significant[0]) ** law[0])) + law[0] * np.log10(significant[0]) if law else None
    result["breakEvenRank"] = rows * columns / (rows + columns)
    cumulated = np.cumsum(s ** 2)
    for percent in ("90", "99", "99.9"):
        rank = int(np.searchsorted(cumulated, float(percent) / 100 * total * (1 - 1e-15))) + 1
        result["rankAtEnergy" + percent] = rank
        if block_values is not None:
            kept = np.array([np.sum(values >= s[rank - 1]) for values in block_values])
            saved = np.sum(np.maximum(0, rows * columns - kept * (rows + columns)))
            result["savedAtEnergy" + percent] = saved / (rows * columns * count)
    return result
