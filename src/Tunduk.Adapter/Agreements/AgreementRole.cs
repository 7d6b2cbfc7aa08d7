namespace Tunduk.Adapter.Agreements;

/// <summary>Our side in an agreement.</summary>
internal enum AgreementRole
{
    /// <summary>We answer; the service is ours.</summary>
    Provider,

    /// <summary>We ask; the service is the counterparty's.</summary>
    Consumer,
}
