// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kiln.Oci;

namespace Kiln.Build.Outputs;

/// <summary>The texts of reports. Docker Hub's images have the name there that kaniko gives them: `index.docker.io/library/debian`.</summary>
internal static class ReportText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Of(ReportKind kind, Image image, IReadOnlyList<ImageReference> destinations) => kind switch
    {
        ReportKind.Digest => image.Digest.ToString(),
        ReportKind.Names => Lines(destinations, destination => $"{NameOf(destination)}@{image.Digest}"),
        ReportKind.TaggedNames => Lines(destinations, destination => $"{TaggedNameOf(destination)}@{image.Digest}"),
        ReportKind.PushedImages => Lines(destinations, destination => Json(default, writer =>
        {
            writer.WriteString("name", TaggedNameOf(destination));
            writer.WriteString("digest", image.Digest.ToString());
        })),
        ReportKind.Metadata => Json(Indented, writer => WriteMetadata(writer, image, destinations)) + "\n",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Lines(IEnumerable<ImageReference> destinations, Func<ImageReference, string> line) =>
        string.Concat(destinations.Select(destination => line(destination) + "\n"));

    private static string NameOf(ImageReference reference) => reference.IsDockerHub ? $"index.docker.io/{reference.Repository}" : reference.Name;

    private static string TaggedNameOf(ImageReference reference) => reference.Tag is { } tag ? $"{NameOf(reference)}:{tag}" : NameOf(reference);

    // buildctl and buildx, "metadata-file".
    private static void WriteMetadata(Utf8JsonWriter writer, Image image, IReadOnlyList<ImageReference> destinations)
    {
        Descriptor manifest = image.Manifest.Descriptor;
        writer.WriteString("containerimage.config.digest", image.Config.Digest.ToString());
        writer.WriteStartObject("containerimage.descriptor");
        writer.WriteString("mediaType", manifest.MediaType.ToString());
        writer.WriteString("digest", manifest.Digest.ToString());
        writer.WriteNumber("size", manifest.Size);
        writer.WriteEndObject();
        writer.WriteString("containerimage.digest", image.Digest.ToString());
        if (destinations.Count > 0)
            writer.WriteString("image.name", string.Join(',', destinations));
    }

    private static string Json(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
