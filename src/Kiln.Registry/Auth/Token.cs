// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>An access token and how long it lives. A class, not a record: a record's text would show the token.</summary>
internal sealed class Token(string text, TimeSpan lifetime, string? refreshToken)
{
    public string Text { get; } = text;

    public TimeSpan Lifetime { get; } = lifetime;

    /// <summary>Takes the place of the identity token that was exchanged; null where that stays.</summary>
    public string? RefreshToken { get; } = refreshToken;
}
