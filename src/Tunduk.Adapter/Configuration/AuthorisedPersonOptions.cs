namespace Tunduk.Adapter.Configuration;

/// <summary>A person authorised to act (clause 3.2.10).</summary>
public sealed class AuthorisedPersonOptions
{
    /// <summary>The <c>userId</c> value.</summary>
    public string UserId { get; set; } = "";

    /// <summary>First day the authority holds. Default: always.</summary>
    public DateOnly? From { get; set; }

    /// <summary>Last day the authority holds, inclusive. Default: no end.</summary>
    public DateOnly? Until { get; set; }
}
