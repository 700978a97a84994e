// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Oci;

namespace Kiln.Tests.Store;

/// <summary>Images that differ in one word.</summary>
internal static class SampleImages
{
    public static Image Create(string word, string architecture = "amd64")
    {
        var layer = new RawDocument(MediaType.OciLayerGzip, Encoding.UTF8.GetBytes(word));
        var config = new ImageConfig { Os = "linux", Architecture = architecture, RootFs = new RootFs { DiffIds = [layer.Digest] } };
        return Image.Create(config, [layer], ImageFormat.Oci);
    }
}
