// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Push;

/// <summary>How a blob came to be in a repository.</summary>
public enum BlobPush
{
    WasThere,
    Mounted,
    Uploaded,
}
