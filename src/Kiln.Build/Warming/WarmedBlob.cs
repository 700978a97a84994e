// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Caching;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Warming;

/// <summary>
/// A layer of a registry's that is read from a file. Where the file is gone, the registry has it still; where it holds other bytes, the reader has seen some of them, so that somebody is told and the stream fails.
/// </summary>
internal sealed class WarmedBlob(FileBlob file, IBlobSource remote, Action refuse) : IBlobSource
{
    public Descriptor Descriptor => remote.Descriptor;

    /// <summary>A registry that has it can still mount it.</summary>
    public ImageReference? Origin => remote.Origin;

    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Stream content;
        try
        {
            content = file.Open();
        }
        catch (BuildException)
        {
            return await remote.OpenAsync(cancellationToken);
        }
        return new VerifyingStream(new WatchedStream(content, Lost), Descriptor, file.Path) { Refused = refuse };
    }

    private BuildException Lost(Exception cause)
    {
        refuse();
        return DiagnosticRules.BlobUnreadable.Error($"`{file.Path}` cannot be read: {cause.Message.TrimEnd('.')}", inner: cause);
    }
}
