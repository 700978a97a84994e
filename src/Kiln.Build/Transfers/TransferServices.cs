// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Kiln.Registry;

namespace Kiln.Build.Transfers;

/// <summary>What moving images needs of the world.</summary>
/// <param name="Registry">Images come from it and go to it.</param>
/// <param name="Work">Opens a place for what has to be unpacked or packed, when there is such a thing; who gave it owns it.</param>
/// <param name="Compression">How plain layers are packed of an image that has no manifest yet.</param>
/// <param name="Platform">Of several images, the one that programs get which know of one.</param>
/// <param name="Time">The clock.</param>
/// <param name="Report">Where events go; called from several threads.</param>
public sealed record TransferServices(
    RegistryClient Registry,
    Func<WorkDirectory> Work,
    CompressionOptions Compression,
    Platform Platform,
    TimeProvider Time,
    Action<BuildEvent> Report)
{
    /// <summary>Registries are asked first whether they take a push.</summary>
    public bool ChecksPush { get; init; } = true;
}
