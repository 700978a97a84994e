// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>Tags that can be written once, in the words of those who have them.</summary>
public class ImmutableTagTests
{
    private static readonly Digest Other = Digest.Sha256("another image"u8);

    public static readonly TheoryData<string, int, string> Answers = new()
    {
        { "Amazon", 400, """{"errors":[{"code":"TAG_INVALID","message":"The image tag '1' already exists in the 'app' repository and cannot be overwritten because the tag is immutable."}]}""" },
        { "Amazon, before", 400, """{"errors":[{"code":"TAG_INVALID","message":"The image tag '1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable."}]}""" },
        { "Google", 400, """{"errors":[{"code":"MANIFEST_INVALID","message":"cannot update tag 1. The repository has enabled tag immutability"}]}""" },
        { "Harbor", 412, """{"errors":[{"code":"PRECONDITION","message":"Failed to process request due to 'app:1' configured as immutable."}]}""" },
        { "Azure", 405, """{"errors":[{"code":"UNSUPPORTED","message":"The operation is disallowed: the tag is locked."}]}""" },
        { "GitLab", 403, """{"errors":[{"code":"DENIED","message":"the tag is immutable"}]}""" },
        { "Nexus", 400, """{"errors":[{"code":"UNKNOWN","message":"Repository does not allow updating assets: docker"}]}""" },
        { "somebody", 409, "" },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task The_same_image_under_the_tag_is_what_was_wanted(string registry, int status, string answer)
    {
        await using var server = new FakeServer(request => Answer(request, status, answer, Samples.Image.Digest));

        Assert.Equal(ManifestPush.WasThere, await PushAsync(server, keeps: false));
        Assert.NotEmpty(registry);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Another_image_under_the_tag_is_an_error_that_names_the_tag(string registry, int status, string answer)
    {
        await using var server = new FakeServer(request => Answer(request, status, answer, Other));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PushAsync(server, keeps: false));

        Assert.Equal(DiagnosticRules.TagImmutable, error.Diagnostic.Rule);
        Assert.Contains($"the tag `1` is immutable and stands for another image, `{Other}`", error.Message);
        Assert.NotEmpty(registry);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task It_is_let_be_where_that_was_asked_for(string registry, int status, string answer)
    {
        await using var server = new FakeServer(request => Answer(request, status, answer, Other));

        Assert.Equal(ManifestPush.KeptOther, await PushAsync(server, keeps: true));
        Assert.NotEmpty(registry);
    }

    [Theory]
    [InlineData(403, "DENIED", false)]
    [InlineData(400, "MANIFEST_INVALID", true)]
    public async Task A_refusal_for_another_reason_stays_one(int status, string code, bool keeps)
    {
        await using var server = new FakeServer(request => Answer(request, status, $$"""{"errors":[{"code":"{{code}}","message":"no"}]}""", Other));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PushAsync(server, keeps));

        Assert.Contains($"{code}: no", error.Message);
        Assert.NotEqual(DiagnosticRules.TagImmutable, error.Diagnostic.Rule);
    }

    private static FakeResponse Answer(FakeRequest request, int status, string answer, Digest present) => request.Method == "HEAD"
        ? FakeResponse.Of(200, "", ("Docker-Content-Digest", present.ToString()))
        : FakeResponse.Of(status, answer);

    private static async Task<ManifestPush> PushAsync(FakeServer server, bool keeps)
    {
        await using RegistryClient client = RegistryClients.Create(RegistryClients.Impatient with { KeepsImmutableTags = keeps });
        return await client.PushManifestAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Image.Manifest, Cancel);
    }
}
