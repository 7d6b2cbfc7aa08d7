namespace Tunduk.Adapter.Exchange;

/// <summary>Which side of the exchange this adapter is on.</summary>
public enum ExchangeDirection
{
    /// <summary>Our information system asks.</summary>
    Consumer = 1,

    /// <summary>Our information system answers.</summary>
    Provider = 2,
}
