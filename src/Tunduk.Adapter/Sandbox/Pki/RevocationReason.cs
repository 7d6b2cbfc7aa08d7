namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>CRLReason of RFC 5280 §5.3.1, as far as the sandbox uses it.</summary>
internal enum RevocationReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
}
