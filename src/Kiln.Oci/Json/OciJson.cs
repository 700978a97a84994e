// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kiln.Diagnostics;

namespace Kiln.Oci.Json;

/// <summary>Image documents to values and back: what all kinds of documents have in common.</summary>
internal static class OciJson
{
    public static readonly OciJsonContext Context = OciJsonContext.Default;

    private static readonly JsonSerializerOptions Options = new(Context.Options)
    {
        TypeInfoResolver = OciJsonContext.Default.WithAddedModifier(LeaveEmptyAway),
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static T Read<T>(RawDocument document, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Content.Span, type) ?? throw Malformed(document, "it is `null`");
        }
        catch (JsonException e)
        {
            throw Malformed(document, e.Message, e);
        }
    }

    public static JsonElement ToElement<T>(T value, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.SerializeToElement(value, Options.GetTypeInfo(type.Type));
        }
        // An unknown member is not decoded before this: only now an unpaired surrogate in it comes to light.
        catch (JsonException e)
        {
            throw DiagnosticRules.MalformedImage.Error("a member of the image's configuration is not Unicode text", inner: e);
        }
    }

    public static BuildException Malformed(RawDocument document, string reason, Exception? inner = null) =>
        DiagnosticRules.MalformedImage.Error(
            $"the document `{document.Digest}` of type `{document.MediaType}` cannot be read: {reason}", inner: inner);

    private static void LeaveEmptyAway(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(WrittenWhenEmptyAttribute), inherit: false) == true)
                property.ShouldSerialize = (_, _) => true;
            else if (property.PropertyType == typeof(string) || typeof(IEnumerable).IsAssignableFrom(property.PropertyType))
                property.ShouldSerialize = (_, value) => value is not (null or "" or ICollection { Count: 0 });
        }
    }
}
