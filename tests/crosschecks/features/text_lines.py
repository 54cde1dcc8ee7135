"""Draws lines of text for the example of docs/models.md, every second one upside down; usage: text_lines.py SEED FILE.npz (needs PIL and DejaVu fonts)."""
import glob
import random
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WORDS = "the quick brown fox jumps over lazy dog neural collapse of deep networks trained with weight decay low rank bias matrix singular values sample class mean".split()
HEIGHT, WIDTH, COUNT = 48, 192, 400

random.seed(int(sys.argv[1]))
np.random.seed(int(sys.argv[1]))
fonts = sorted(glob.glob("/usr/share/fonts/truetype/dejavu/*.ttf"))
images, labels = [], []
for i in range(COUNT):
    text = " ".join(random.choice(WORDS) for _ in range(random.randint(2, 4)))
    font = ImageFont.truetype(random.choice(fonts), random.randint(28, 36))
    width = int(font.getlength(text)) + 20
    image = Image.new("RGB", (width, HEIGHT), tuple(int(c) for c in np.random.randint(200, 256, 3)))
    ImageDraw.Draw(image).text((10, 4), text, font=font, fill=tuple(int(c) for c in np.random.randint(0, 90, 3)))
    if i % 2:
        image = image.rotate(180)
    width = min(WIDTH, width)
    pixels = np.asarray(image.resize((width, HEIGHT)), dtype=np.float32)[:, :, ::-1] / 127.5 - 1
    line = np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32)
    line[:, :width] = pixels
    images.append(line.transpose(2, 0, 1))
    labels.append(i % 2)
np.savez(sys.argv[2], X=np.stack(images), y=np.array(labels))
