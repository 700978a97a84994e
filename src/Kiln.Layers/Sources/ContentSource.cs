// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Sources;

/// <summary>Where an entry's bytes can be read from, once the layer is written. Nothing is held open until then.</summary>
public abstract class ContentSource
{
    private protected ContentSource()
    {
    }

    public abstract Stream Open();
}
