// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Sandbox.Stage;

/// <summary>What the builder and the second stage say to each other. Both are the same program, so the form needs no versions.</summary>
[JsonSourceGenerationOptions(Converters = [typeof(UnixPathConverter)])]
[JsonSerializable(typeof(StageRequest))]
[JsonSerializable(typeof(StageReport))]
internal sealed partial class StageJson : JsonSerializerContext;
