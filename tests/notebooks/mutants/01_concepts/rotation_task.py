# %% wrong: clockwise | clockwise
def rotation_task(images):
    inputs = torch.cat([torch.rot90(images, -k, (2, 3)) for k in range(4)])
    return inputs, torch.arange(4).repeat_interleave(len(images))

# %% wrong: targets cycle while inputs come in blocks | repeat_interleave
def rotation_task(images):
    inputs = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return inputs, torch.arange(4).repeat(len(images))

# %% wrong: turns the batch and the channels | are you turning axes 2 and 3
def rotation_task(images):
    inputs = torch.cat([torch.rot90(images, 2 * k) for k in range(4)], 1)
    return inputs, torch.arange(4).repeat_interleave(len(images))

# %% wrong: one random turn for each image | one version of each image
def rotation_task(images):
    turns = torch.randint(4, (len(images),))
    return torch.stack([torch.rot90(x, int(k), (1, 2)) for x, k in zip(images, turns)]), turns

# %% wrong: targets in degrees | class numbers
def rotation_task(images):
    inputs = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return inputs, 90 * torch.arange(4).repeat_interleave(len(images))

# %% wrong: mirrors instead of turns | mirror
def rotation_task(images):
    inputs = torch.cat([images, images.flip(3), images.flip(2), images.flip(2).flip(3)])
    return inputs, torch.arange(4).repeat_interleave(len(images))

# %% wrong: targets number the images | number the images
def rotation_task(images):
    inputs = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return inputs, torch.arange(len(images)).repeat(4)

# %% right: transpose and flip
def rotation_task(images):
    blocks = [images]
    for _ in range(3):
        blocks.append(blocks[-1].transpose(2, 3).flip(2))
    return torch.cat(blocks), torch.cat([torch.full((len(images),), k) for k in range(4)])

# %% right: image by image
def rotation_task(images):
    inputs, targets = [], []
    for k in range(4):
        for image in images:
            inputs.append(torch.rot90(image, k, (1, 2)))
            targets.append(k)
    return torch.stack(inputs), torch.tensor(targets)

# %% wrong: image by image, targets to match | image by image
def rotation_task(images):
    turned = [torch.rot90(image, k, (1, 2)) for image in images for k in range(4)]
    return torch.stack(turned), torch.arange(4).repeat(len(images))
