namespace Tunduk.Adapter.Agreements;

/// <summary>What an inbound request must say about its caller.</summary>
internal enum CallerDemand
{
    /// <summary>Absence is archived and counted: many members send neither.</summary>
    Record,

    /// <summary>A request without it is refused. The default.</summary>
    Required,
}

/// <summary>The demands on <c>userId</c> and <c>issue</c>. Requests of our own IS need both, whatever is written here.</summary>
internal sealed record AgreementCaller(CallerDemand UserId, CallerDemand Issue)
{
    public static readonly AgreementCaller Default = new(CallerDemand.Required, CallerDemand.Required);
}
