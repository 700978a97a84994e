// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Fuzz;

/// <summary>Manifests, indexes and configurations, each input read as all three.</summary>
internal sealed class JsonTarget : IFuzzTarget
{
    public string Name => "json";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "{", "}", "[", "]", ",", ":", "null", "true", "1", "-1", "1e99", "99999999999999999999", "\"\"", "\"a\"", "\"\\ud800\"", "\"schemaVersion\":2", "\"config\":", "\"layers\":[",
        "\"manifests\":", "\"digest\":\"sha256:0\"", "\"size\":", "\"mediaType\":", "\"rootfs\":", "\"diff_ids\":", "\"history\":[null]", "\"created\":\"2020-01-01T00:00:00Z\"",
        "\"Env\":[", "\"Labels\":{", "\"ExposedPorts\":", "\"Healthcheck\":", "\"platform\":", "\0", "\u00FC", " ", "\n");

    public IReadOnlyList<byte[]> Samples { get; } = Inputs.Of([.. new[]
    {
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"ZEROS","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"ZEROS","size":3,"annotations":{"a":"b"}}]}""",
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"ZEROS","size":4,"platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}""",
        """{"architecture":"amd64","os":"linux","created":"2020-01-01T00:00:00.5Z","config":{"Env":["A=b"],"Cmd":["x"],"ExposedPorts":{"80/tcp":{}},"Volumes":{"/v":{}},"Labels":{"l":"m"},"WorkingDir":"/","Healthcheck":{"Test":["NONE"],"Interval":5},"OnBuild":["RUN x"],"Shell":["sh"]},"rootfs":{"type":"layers","diff_ids":["ZEROS"]},"history":[{"created":null,"created_by":"x","empty_layer":true}]}""",
    }.Select(text => text.Replace("ZEROS", "sha256:" + new string('0', 64), StringComparison.Ordinal))]);

    public void Read(byte[] input)
    {
        foreach ((MediaType type, Func<RawDocument, object> parse) in (ReadOnlySpan<(MediaType, Func<RawDocument, object>)>)[
            (MediaType.OciManifest, ImageManifest.Parse), (MediaType.OciIndex, ImageIndex.Parse), (MediaType.OciConfig, ImageConfig.Parse)])
        {
            try
            {
                parse(new RawDocument(type, input));
            }
            catch (BuildException)
            {
                // Refused, as it may be.
            }
        }
    }
}
