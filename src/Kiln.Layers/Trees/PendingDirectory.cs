// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Trees;

/// <summary>A directory of a tree that gets its metadata when it is full.</summary>
/// <param name="Entry">What it shall look like.</param>
/// <param name="HasMode">Whether it was made with its mode.</param>
internal readonly record struct PendingDirectory(LayerEntry Entry, bool HasMode);
