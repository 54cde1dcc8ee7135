#!/usr/bin/env python3
"""Compares what `rankcollapse inspect` makes of packed weights, fused products and low-rank updates with the published rules in numpy.

Usage: packed.py COMMAND. Codes, scales and zero points are random; each file has one layer whose weights are made here by plain indexing, as the programs
that the formats come from make them, and their singular values are compared with the command's, to 1e-8 of the largest.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import tensors

TOLERANCE = 1e-8
NF4 = [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
       0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]
FP4 = [value / 12 for value in (0, 0.0625, 8, 12, 4, 6, 2, 3, 0, -0.0625, -8, -12, -4, -6, -2, -3)]
E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6]
AWQ_PLACES = [0, 2, 4, 6, 1, 3, 5, 7]
random = np.random.default_rng(11)


def words(codes, bits, word=32):
    """Codes along the last axis as numbers of `word` bits, the lowest bits first, in one run of bits for each row."""
    codes = np.asarray(codes, np.uint64)
    flat = codes.reshape(-1, codes.shape[-1])
    rows = []
    for row in flat:
        run = 0
        for place, code in enumerate(row):
            run |= int(code) << (place * bits)
        rows.append([(run >> (word * i)) & ((1 << word) - 1) for i in range(-(-codes.shape[-1] * bits // word))])
    return np.array(rows, np.uint64).reshape(codes.shape[:-1] + (-1,))


def signed(array):
    return "I32", array.astype(np.uint32).view(np.int32)


def halves(*shape):
    return (random.uniform(0.5, 2, shape) * 0.01).astype(np.float16)


def eight_bits(codes):
    """Numbers of type E4M3 by their bytes."""
    result = []
    for code in np.asarray(codes).ravel():
        exponent, fraction = (int(code) >> 3) & 15, int(code) & 7
        size = (1 + fraction / 8) * 2.0 ** (exponent - 7) if exponent else fraction / 8 * 2.0 ** -6
        result.append(-size if code & 128 else size)
    return np.array(result).reshape(np.shape(codes))


def bitsandbytes(kind, outputs, inputs, block, nested=0, storage=None):
    code = np.array(NF4 if kind == "nf4" else FP4, np.float32)
    count = outputs * inputs
    codes = random.integers(0, 16, count + count % 2)
    packed = (codes[0::2] << 4 | codes[1::2]).astype(np.uint8)
    blocks = -(-count // block)
    state = {"quant_type": kind, "blocksize": block, "dtype": "bfloat16", "shape": [outputs, inputs]}
    files = {"fc.weight": ("U8", packed.reshape(-1, 1)) if storage is None else (storage, packed.view(np.uint16).reshape(-1, 1)), "fc.weight.quant_map": code}
    if nested:
        table = np.sort(random.standard_normal(256)).astype(np.float32)
        own, outer, offset = random.integers(0, 256, blocks).astype(np.uint8), random.uniform(0.5, 1, -(-blocks // nested)).astype(np.float32), np.float32(4.3)
        absmax = table[own].astype(float) * np.repeat(outer.astype(float), nested)[:blocks] + float(offset)
        state.update(nested_blocksize=nested, nested_dtype="float32", nested_offset=float(offset))
        files.update({"fc.weight.absmax": ("U8", own), "fc.weight.nested_absmax": outer, "fc.weight.nested_quant_map": table})
    else:
        absmax = random.uniform(0.1, 3, blocks).astype(np.float32)
        files["fc.weight.absmax"] = absmax
    files["fc.weight.quant_state.bitsandbytes__" + kind] = ("U8", np.frombuffer(json.dumps(state).encode(), np.uint8))
    return files, (code.astype(float)[codes[:count]] * np.repeat(absmax.astype(float), block)[:count]).reshape(outputs, inputs)


def gptq(bits, outputs, inputs, group, ordered=False, later=False, named=True):
    top, groups = 2 ** bits, inputs // group
    codes, zeros, scales = random.integers(0, top, (inputs, outputs)), random.integers(0, top, (groups, outputs)), halves(groups, outputs)
    index = random.permutation(np.arange(inputs) // group) if ordered else np.arange(inputs) // group
    stored = zeros if later else (zeros - 1) % top
    files = {"q_proj.qweight": signed(words(codes.T, bits).T.copy()), "q_proj.qzeros": signed(words(stored, bits)), "q_proj.scales": scales}
    if ordered or bits == 4:
        files["q_proj.g_idx"] = ("I32", index.astype(np.int32))
    if later and named:
        files["config.json"] = {"quantization_config": {"quant_method": "gptq", "checkpoint_format": "gptq_v2", "bits": bits}}
    return files, (scales.astype(float)[index] * (codes - zeros[index])).T


def symmetric_second_version():
    codes, scales = random.integers(0, 16, (64, 32)), halves(2, 32)
    return ({"q_proj.qweight": signed(words(codes.T, 4).T.copy()), "q_proj.qzeros": signed(np.full((2, 4), 0x88888888, np.uint64)), "q_proj.scales": scales},
            (scales.astype(float)[np.arange(64) // 32] * (codes - 8)).T)


def awq(outputs, inputs, group):
    codes, zeros, scales = random.integers(0, 16, (inputs, outputs)), random.integers(0, 16, (inputs // group, outputs)), halves(inputs // group, outputs)

    def pack(array):
        packed = np.zeros((array.shape[0], outputs // 8), np.uint64)
        for column in range(outputs // 8):
            for place, of in enumerate(AWQ_PLACES):
                packed[:, column] |= array[:, 8 * column + of].astype(np.uint64) << np.uint64(4 * place)
        return signed(packed)

    index = np.arange(inputs) // group
    return {"up.qweight": pack(codes), "up.qzeros": pack(zeros), "up.scales": scales}, (scales.astype(float)[index] * (codes - zeros[index])).T


def mlx(bits, outputs, inputs, group, config=True, stack=()):
    codes = random.integers(0, 2 ** bits, stack + (outputs, inputs))
    scales, biases = halves(*stack, outputs, inputs // group), (-random.uniform(0, 0.1, stack + (outputs, inputs // group))).astype(np.float16)
    files = {"mlp.experts.up.weight" if stack else "up.weight": ("U32", words(codes, bits).astype(np.uint32))}
    files.update({("mlp.experts.up." if stack else "up.") + name: array for name, array in (("scales", scales), ("biases", biases))})
    if config:
        files["config.json"] = {"quantization": {"group_size": 64, "bits": 4, "up": {"group_size": group, "bits": bits}} if not stack else {"group_size": group, "bits": bits}}
    return files, np.repeat(scales.astype(float), group, -1) * codes + np.repeat(biases.astype(float), group, -1)


def mlx_floats(bits, group, powers, outputs=24, inputs=128):
    codes = random.integers(0, 2 ** bits, (outputs, inputs))
    if bits == 8:
        codes = np.where(codes % 128 > 120, 3, codes)
    scales = random.integers(120, 130, (outputs, inputs // group)) if powers else random.integers(30, 60, (outputs, inputs // group))
    values = np.array(E2M1)[codes] if bits == 4 else eight_bits(codes)
    numbers = 2.0 ** (scales - 127.0) if powers else eight_bits(scales)
    return {"up.weight": ("U32", words(codes, bits).astype(np.uint32)), "up.scales": ("U8", scales.astype(np.uint8))}, np.repeat(numbers, group, -1) * values


def experts(names):
    codes, scales = random.integers(0, 16, (3, 20, 4, 32)), random.integers(118, 130, (3, 20, 4)).astype(np.uint8)
    packed = (codes[..., 0::2] | codes[..., 1::2] << 4).astype(np.uint8)
    return {names[0]: ("U8", packed), names[1]: ("U8", scales)}, (np.array(E2M1)[codes] * 2.0 ** (scales[..., None] - 127.0)).reshape(3, 20, 128)


def modern_fours(kind):
    codes = random.integers(0, 16, (24, 64))
    packed, table = (codes[:, 0::2] | codes[:, 1::2] << 4).astype(np.uint8), np.array(E2M1)[codes]
    if kind == "mxfp4":
        scales = random.integers(118, 130, (24, 2)).astype(np.uint8)
        return {"up.weight": ("I8", packed), "up.scale": ("F8_E8M0", scales)}, table * np.repeat(2.0 ** (scales - 127.0), 32, 1)
    scales, whole = random.integers(30, 90, (24, 4)).astype(np.uint8), np.array([0.0371], np.float32)
    weights = table * np.repeat(eight_bits(scales), 16, 1)
    if kind == "modelopt":
        return {"up.weight": ("U8", packed), "up.weight_scale": ("F8_E4M3", scales), "up.weight_scale_2": whole}, weights * float(whole[0])
    return {"up.weight_packed": ("U8", packed), "up.weight_scale": ("F8_E4M3", scales), "up.weight_global_scale": whole}, weights / float(whole[0])


def compressed_tensors(bits, outputs, inputs, group, zeros=False, ordered=False):
    codes, scales, groups = random.integers(0, 2 ** bits, (outputs, inputs)), halves(outputs, inputs // group), inputs // group
    files = {"o.weight_packed": signed(words(codes, bits)), "o.weight_scale": scales, "o.weight_shape": ("I64", np.array([outputs, inputs], np.int64))}
    offset = np.full((outputs, groups), 2 ** (bits - 1))
    if zeros:
        offset = random.integers(0, 2 ** bits, (outputs, groups))
        files["o.weight_zero_point"] = signed(words(offset.T, bits).T.copy())
    index = random.permutation(np.arange(inputs) // group) if ordered else np.arange(inputs) // group
    if ordered:
        files["o.weight_g_idx"] = ("I32", index.astype(np.int32))
    return files, scales.astype(float)[:, index] * (codes - offset[:, index])


def update(config, alpha=None, base=True, factors="lora_A.weight lora_B.weight", rank=3):
    weight, down, up = random.standard_normal((20, 30)), random.standard_normal((rank, 30)), random.standard_normal((20, rank))
    a, b = factors.split()
    prefix = "base_model.model.layers.0.q_proj."
    files = {prefix + a: down, prefix + b: up}
    if base:
        files[prefix + "weight"] = weight
    if alpha is not None:
        files[prefix + "alpha"] = np.array(float(alpha))
    if config is not None:
        files["adapter_config.json"] = config
    return files, weight, up @ down


def with_update(scale, **options):
    files, weight, product = update(**options)
    return files, (weight if options.get("base", True) else 0) + scale * product


PACKED = {
    "NF4": lambda: bitsandbytes("nf4", 24, 40, 64), "NF4, ragged": lambda: bitsandbytes("nf4", 7, 33, 64), "FP4": lambda: bitsandbytes("fp4", 24, 40, 64),
    "NF4, twice": lambda: bitsandbytes("nf4", 48, 72, 32, nested=16), "FP4, twice, ragged": lambda: bitsandbytes("fp4", 9, 31, 64, nested=256),
    "NF4 in BF16": lambda: bitsandbytes("nf4", 24, 40, 64, storage="BF16"), "NF4 in F16, twice": lambda: bitsandbytes("nf4", 16, 64, 64, 8, "F16"),
    "GPTQ 4": lambda: gptq(4, 32, 64, 32), "GPTQ 8": lambda: gptq(8, 40, 64, 16), "GPTQ 3": lambda: gptq(3, 64, 96, 32), "GPTQ 2": lambda: gptq(2, 48, 64, 64),
    "GPTQ 4 by activation": lambda: gptq(4, 32, 64, 16, ordered=True), "GPTQ 8 by activation": lambda: gptq(8, 32, 64, 16, ordered=True),
    "GPTQ version 2": lambda: gptq(4, 32, 64, 32, later=True), "GPTQ 8 version 2": lambda: gptq(8, 32, 64, 32, later=True),
    "GPTQ version 2, symmetric, unsaid": symmetric_second_version,
    "AWQ": lambda: awq(40, 96, 32), "AWQ, one group": lambda: awq(16, 24, 24),
    "MLX 4": lambda: mlx(4, 24, 128, 64), "MLX 8": lambda: mlx(8, 24, 128, 32), "MLX 3": lambda: mlx(3, 16, 128, 64), "MLX 6": lambda: mlx(6, 16, 64, 32),
    "MLX 5": lambda: mlx(5, 16, 64, 64, config=False), "MLX 2": lambda: mlx(2, 16, 256, 128), "MLX, experts": lambda: mlx(4, 12, 128, 32, stack=(3,)),
    "MLX mxfp4": lambda: mlx_floats(4, 32, True), "MLX nvfp4": lambda: mlx_floats(4, 16, False), "MLX mxfp8": lambda: mlx_floats(8, 32, True),
    "MXFP4 of experts": lambda: experts(["mlp.experts.gate_up_proj_blocks", "mlp.experts.gate_up_proj_scales"]),
    "MXFP4 with points": lambda: experts(["block.0.mlp.mlp1_weight.blocks", "block.0.mlp.mlp1_weight.scales"]),
    "MXFP4 of rows": lambda: modern_fours("mxfp4"), "NVFP4": lambda: modern_fours("modelopt"), "NVFP4, divided": lambda: modern_fours("packed"),
    "compressed-tensors 4": lambda: compressed_tensors(4, 24, 64, 16), "compressed-tensors 8": lambda: compressed_tensors(8, 24, 64, 64),
    "compressed-tensors, zero points": lambda: compressed_tensors(4, 24, 64, 16, zeros=True),
    "compressed-tensors by activation": lambda: compressed_tensors(4, 24, 64, 16, zeros=True, ordered=True),
    "LoRA, α beside": lambda: with_update(8 / 3, config=None, alpha=8), "LoRA, α in the settings": lambda: with_update(16 / 3, config={"lora_alpha": 16, "r": 3}),
    "LoRA by √r": lambda: with_update(16 / 3 ** 0.5, config={"lora_alpha": 16, "use_rslora": True}),
    "LoRA, α by module": lambda: with_update(2 / 3, config={"lora_alpha": 16, "alpha_pattern": {"v_proj": 5, "layers.0.q_proj": 2}}),
    "LoRA of a name": lambda: with_update(16 / 3, config={"lora_alpha": 16}, factors="lora_A.mine.weight lora_B.mine.weight"),
    "LoRA alone": lambda: with_update(16 / 3, config={"lora_alpha": 16}, base=False), "LoRA alone, α beside": lambda: with_update(4, config=None, alpha=12, base=False),
    "LoRA alone, α unknown": lambda: with_update(1, config=None, base=False, factors="lora_down.weight lora_up.weight"),
    "LoRA, α unknown": lambda: with_update(0, config=None),
}


def fused(name, config, queries, keys, size, order, transposed=False):
    """A product whose outputs are `order`: pairs of part and head, each of `size` outputs."""
    inputs = 40
    parts = {"query": random.standard_normal((queries, size, inputs)), "key": random.standard_normal((keys, size, inputs)), "value": random.standard_normal((keys, size, inputs))}
    whole = np.concatenate([parts[part][head] for part, head in order])
    files = {name: np.ascontiguousarray(whole.T) if transposed else whole}
    if config is not None:
        files["config.json"] = config
    return files, {part: array.reshape(-1, inputs) for part, array in parts.items()}


def one_after_another(queries, keys):
    return [("query", head) for head in range(queries)] + [("key", head) for head in range(keys)] + [("value", head) for head in range(keys)]


def by_groups(queries, keys):
    share = queries // keys
    return [one for group in range(keys) for one in [("query", group * share + i) for i in range(share)] + [("key", group), ("value", group)]]


def quarters(queries):
    return [(part, quarter * queries // 4 + i) for quarter in range(4) for part in ("query", "value", "key") for i in range(queries // 4)]


FUSED = {
    "GPT-NeoX": lambda: fused("gpt_neox.layers.0.attention.query_key_value.weight", {"model_type": "gpt_neox", "hidden_size": 40, "num_attention_heads": 4}, 4, 4, 10, by_groups(4, 4)),
    "BLOOM": lambda: fused("h.0.self_attention.query_key_value.weight", {"model_type": "bloom", "n_head": 5, "hidden_size": 40}, 5, 5, 8, by_groups(5, 5)),
    "Falcon 7B": lambda: fused("transformer.h.0.self_attention.query_key_value.weight", {"model_type": "falcon", "num_attention_heads": 5, "num_kv_heads": 5, "multi_query": True, "hidden_size": 40}, 5, 1, 8, one_after_another(5, 1)),
    "Falcon 40B": lambda: fused("transformer.h.0.self_attention.query_key_value.weight", {"model_type": "falcon", "num_attention_heads": 6, "num_kv_heads": 2, "multi_query": True, "new_decoder_architecture": True, "head_dim": 8}, 6, 2, 8, by_groups(6, 2)),
    "Falcon RW": lambda: fused("transformer.h.0.self_attention.query_key_value.weight", {"model_type": "falcon", "num_attention_heads": 5, "multi_query": False, "hidden_size": 40}, 5, 5, 8, by_groups(5, 5)),
    "InternLM2": lambda: fused("model.layers.0.attention.wqkv.weight", {"model_type": "internlm2", "num_attention_heads": 6, "num_key_value_heads": 2, "hidden_size": 48}, 6, 2, 8, by_groups(6, 2)),
    "Phi-3": lambda: fused("model.layers.0.self_attn.qkv_proj.weight", {"model_type": "phi3", "num_attention_heads": 5, "num_key_value_heads": 1, "hidden_size": 40}, 5, 1, 8, one_after_another(5, 1)),
    "ChatGLM": lambda: fused("transformer.encoder.layers.0.self_attention.query_key_value.weight", {"model_type": "chatglm", "num_attention_heads": 6, "multi_query_attention": True, "multi_query_group_num": 2, "kv_channels": 8}, 6, 2, 8, one_after_another(6, 2)),
    "StarCoder": lambda: fused("transformer.h.0.attn.c_attn.weight", {"model_type": "gpt_bigcode", "n_head": 5, "multi_query": True, "n_embd": 40}, 5, 1, 8, one_after_another(5, 1)),
    "CodeGen": lambda: fused("transformer.h.0.attn.qkv_proj.weight", {"model_type": "codegen", "n_head": 8, "n_embd": 40}, 8, 8, 5, quarters(8)),
    "GPT-2": lambda: fused("h.0.attn.c_attn.weight", None, 5, 5, 8, one_after_another(5, 5), transposed=True),
    "DBRX": lambda: fused("blocks.0.norm_attn_norm.attn.Wqkv.weight", {"model_type": "dbrx", "n_heads": 5, "d_model": 40, "attn_config": {"kv_n_heads": 1}}, 5, 1, 8, one_after_another(5, 1)),
    "Megatron": lambda: fused("decoder.layers.0.self_attention.linear_qkv.weight", {"num_attention_heads": 6, "num_query_groups": 3, "kv_channels": 4}, 6, 3, 4, by_groups(6, 3)),
}


def inspect(command, folder, files):
    for name, content in files.items():
        if name.endswith(".json"):
            with open(os.path.join(folder, name), "w") as file:
                json.dump(content, file)
    path = os.path.join(folder, "model.safetensors")
    tensors.write_safetensors(path, {name: array for name, array in files.items() if not name.endswith(".json")})
    output = subprocess.run(command + ["inspect", path, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(output.stdout) if output.stdout else {"layers": [], "error": output.stderr.decode()}


def distance(layer, weights):
    expected = np.sort(np.concatenate([np.linalg.svd(block, compute_uv=False) for block in weights.reshape((-1,) + weights.shape[-2:])]))[::-1]
    found = np.array(layer["singularValues"])
    return np.inf if found.shape != expected.shape else float(np.max(np.abs(found - expected)) / expected[0])


def main(command):
    failures = 0
    for table in (PACKED, FUSED):
        for name, make in table.items():
            with tempfile.TemporaryDirectory() as folder:
                files, expected = make()
                document = inspect(command, folder, files)
                layers = {layer["layer"]: layer for layer in document["layers"]}
                if table is PACKED:
                    off = distance(next(iter(layers.values())), expected) if len(layers) == 1 else np.inf
                else:
                    off = max(min((distance(layer, expected[part]) for key, layer in layers.items() if key.endswith("[%s]" % part)), default=np.inf) for part in expected)
                said = next((layer["evidence"] for layer in layers.values()), document.get("error") or document.get("skipped"))
                print("%-36s %.1e  %s" % (name, off, said))
                failures += not off <= TOLERANCE
    print("all weights agree to %.0e" % TOLERANCE if failures == 0 else "%d conventions disagree" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].split()))
