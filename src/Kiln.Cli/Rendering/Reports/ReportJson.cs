// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kiln.Cli.Rendering.Plans;
using Kiln.Cli.Rendering.Reports.Sarif;

namespace Kiln.Cli.Rendering.Reports;

/// <summary>How reports become JSON, without reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(JsonLintDocument))]
[JsonSerializable(typeof(SarifLog))]
[JsonSerializable(typeof(JsonPlan))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    internal static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Quotes and letters of any language stay readable: nobody puts these documents into a web page unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
