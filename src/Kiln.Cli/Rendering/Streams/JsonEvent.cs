// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Cli.Rendering.Streams;

/// <summary>A line of `--progress=rawjson`. The kinds and their members are those of docs/reference/events.schema.json; a test holds the two against each other.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Begin), "begin")]
[JsonDerivedType(typeof(StageStart), "stage-start")]
[JsonDerivedType(typeof(StageEnd), "stage-end")]
[JsonDerivedType(typeof(StepStart), "step-start")]
[JsonDerivedType(typeof(StepEnd), "step-end")]
[JsonDerivedType(typeof(Output), "output")]
[JsonDerivedType(typeof(Transfers), "transfers")]
[JsonDerivedType(typeof(Activity), "activity")]
[JsonDerivedType(typeof(Log), "log")]
[JsonDerivedType(typeof(Check), "check")]
[JsonDerivedType(typeof(Summary), "summary")]
[JsonDerivedType(typeof(Published), "published")]
[JsonDerivedType(typeof(Error), "error")]
[JsonDerivedType(typeof(End), "end")]
internal abstract record JsonEvent(string Time)
{
    internal sealed record Begin(string Time, int Version, string Program) : JsonEvent(Time);

    internal sealed record StageStart(string Time, string Stage, string Title, int Number, int Count) : JsonEvent(Time);

    internal sealed record StageEnd(string Time, string Stage) : JsonEvent(Time);

    internal sealed record StepStart(string Time, string Stage, int Step, int Count, string Title, JsonPlace At) : JsonEvent(Time);

    internal sealed record StepEnd(string Time, string Stage, int Step, string Outcome, double Seconds, JsonLayer? Layer, string? Cache) : JsonEvent(Time);

    /// <summary>Either text or, where the bytes are no UTF-8, base64.</summary>
    internal sealed record Output(string Time, string Stage, int Step, string Stream, string? Text, byte[]? Base64) : JsonEvent(Time);

    internal sealed record Transfers(string Time, long Fetched, long FetchedOf, long Sent, int Sending) : JsonEvent(Time);

    internal sealed record Activity(string Time, string Message) : JsonEvent(Time);

    internal sealed record Log(string Time, string Level, string Message, JsonPlace? At) : JsonEvent(Time);

    internal sealed record Check(string Time, string Rule, string Message, string Url, bool Uncertain, JsonPlace At) : JsonEvent(Time);

    internal sealed record Summary(string Time, string Digest, double Seconds, long Fetched, long Sent, IReadOnlyList<JsonStep> Steps) : JsonEvent(Time);

    internal sealed record Published(string Time, string? Place, string Digest) : JsonEvent(Time);

    internal sealed record Error(string Time, string Code, string Message, string Hint, JsonPlace? At) : JsonEvent(Time);

    internal sealed record End(string Time, bool Succeeded) : JsonEvent(Time);
}
