namespace Tunduk.Adapter.Keys;

/// <summary>A key whose private half is in a token: every operation with it goes to the session.</summary>
internal interface ITokenBacked
{
    /// <summary>The session with the token.</summary>
    TokenSession Session { get; }
}
