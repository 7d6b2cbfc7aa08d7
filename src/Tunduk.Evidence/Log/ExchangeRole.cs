namespace Tunduk.Evidence.Log;

/// <summary>Which side of an exchange the log's owner was on.</summary>
public enum ExchangeRole
{
    /// <summary>The entry is not about an exchange.</summary>
    None = 0,

    /// <summary>The owner asked.</summary>
    Consumer = 1,

    /// <summary>The owner answered.</summary>
    Provider = 2,
}
