"""Metrics of collapse by their formulas, in numpy and scipy; samples are rows."""
import numpy as np
from scipy.sparse.linalg import svds


def structure(a, b, k):
    """structure_error of the neural-collapse package: distance of the normalised products from a simplex's."""
    products = b @ a.T
    products = products / np.linalg.norm(products)
    return np.linalg.norm(products + 1 / k / np.sqrt(k - 1) - np.eye(k) / np.sqrt(k - 1))


def metrics(z, labels, weights=None, outputs=None, other=None):
    """z [N, n], labels [N], weights [K, n], outputs [N, K], other [M, n]."""
    classes, y = np.unique(labels, return_inverse=True)
    k, count = len(classes), len(z)
    sizes = np.bincount(y)
    means = np.stack([z[y == c].mean(axis=0) for c in range(k)])
    deviations = z - means[y]
    within = deviations.T @ deviations / count
    centred = means - means.mean(axis=0)
    between = centred.T @ centred / k
    variances = np.array([np.mean(np.sum(deviations[y == c] ** 2, axis=1)) for c in range(k)])
    norms = np.linalg.norm(centred, axis=1)
    cosines = (centred @ centred.T / np.outer(norms, norms))[~np.eye(k, dtype=bool)]
    spread = np.sum(sizes * np.sum((means - z.mean(axis=0)) ** 2, axis=1)) / count
    distances = np.sum((means[:, None] - means[None]) ** 2, axis=-1)
    pairs = np.triu_indices(k, 1)
    result = {
        "withinVariation": np.trace(within),
        "betweenVariation": spread,
        "relativeVariation": np.trace(within) / (np.trace(within) + spread),
        "nc1WithinClassVariability": np.trace(np.linalg.pinv(between, hermitian=True) @ within) / k,
        "nc1Quotient": np.trace(within) / np.trace(between),
        "nc1ClassDistanceNormalizedVariance": np.mean(((variances[:, None] + variances[None]) / 2)[pairs] / distances[pairs]),
        "nc2NormInequality": norms.std() / norms.mean(),
        "nc2AngleDeviation": np.mean(np.abs(cosines + 1 / (k - 1))),
        "nc2AngleInequality": cosines.std(),
        "nc2SimplexDeviation": structure(centred, centred, k),
        "nc2OrthogonalFrameDeviation": np.linalg.norm(means @ means.T / np.linalg.norm(means @ means.T) - np.eye(k) / np.sqrt(k)),
        "nearestMeanAccuracy": None,
    }
    if min(between.shape) > k - 1:
        vectors, values, _ = svds(between, k=k - 1)
        result["nc1Truncated"] = np.trace(within @ vectors @ np.diag(1 / values) @ vectors.T) / k
    nearest = np.argmin(np.sum((z[:, None] - means[None]) ** 2, axis=-1), axis=1) if z.size * k < 5e7 else np.argmin(
        np.stack([np.sum((z - m) ** 2, axis=1) for m in means]), axis=0)
    result["nearestMeanAccuracy"] = np.mean(nearest == y)
    if outputs is not None:
        result["nc4NearestMeanDisagreement"] = np.mean(classes[nearest] != np.argmax(outputs, axis=1))
    if weights is not None:
        w = weights[classes]
        result["nc3SelfDualityDeviation"] = np.linalg.norm(w / np.linalg.norm(w) - centred / np.linalg.norm(centred))
        result["nc3UncentredSelfDualityDeviation"] = np.linalg.norm(w / np.linalg.norm(w) - means / np.linalg.norm(means))
        result["nc3DualStructureDeviation"] = structure(centred, w, k)
        result["nc3DualAngleDeviation"] = 1 - np.mean(np.sum(w * centred, axis=1) / np.linalg.norm(w, axis=1) / norms)
    if other is not None:
        mean = other.mean(axis=0)
        result["nc5OutOfDistributionCosine"] = np.mean(np.abs(means @ mean / np.linalg.norm(means, axis=1) / np.linalg.norm(mean)))
    gram = z @ z.T
    member = (y[:, None] == np.arange(k)[None]) / np.sqrt(sizes)
    projection = member @ member.T
    result["blockDeviation"] = np.linalg.norm(gram - projection @ gram @ projection) / np.linalg.norm(gram)
    values = np.linalg.svd(z, compute_uv=False)
    shares = values / values.sum()
    result["featureStableRank"] = np.sum(values ** 2) / values[0] ** 2
    result["featureEffectiveRank"] = np.exp(-np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
    result["featureNumericalRank"] = np.sum(values > 1e-5 * values[0])
    return result


def classes_wcss(z, labels):
    """WCSS of the classes, labels included: their part is 0."""
    return sum(np.sum((z[labels == c] - z[labels == c].mean(axis=0)) ** 2) for c in np.unique(labels)) / len(z)
