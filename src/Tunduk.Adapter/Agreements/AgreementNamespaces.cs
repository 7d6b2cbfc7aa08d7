namespace Tunduk.Adapter.Agreements;

/// <summary>How the counterparty's XML is held against the namespaces of the contract.</summary>
internal enum AgreementNamespaces
{
    /// <summary>An element in another namespace than the contract's is another element. The default.</summary>
    Strict,

    /// <summary>
    /// An element without its namespace, or in the message's where the contract has none, is taken for the one it must be,
    /// where the contract leaves one reading; the message is put right before it is filtered.
    /// </summary>
    TolerateUnqualified,
}
