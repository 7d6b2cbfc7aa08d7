namespace Tunduk.Adapter.Agreements;

/// <summary>One document of the folder as it stands.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Agreement">What counts; null when the document is blocked.</param>
/// <param name="ProvedBy">Who vouches for the text that counts: <c>pin</c>, <c>folder</c> or the signer.</param>
/// <param name="UsesLastGood">The file is broken or refused, and its last good text stays: an alarm.</param>
/// <param name="Faults">Faults of the file as it is now.</param>
internal sealed record AgreementStatus(string File, Agreement? Agreement, string? ProvedBy, bool UsesLastGood, IReadOnlyList<AgreementFault> Faults)
{
    /// <summary>Someone has to look at it.</summary>
    public bool IsAlarm => UsesLastGood || Agreement is null || Faults.Any(static f => !f.IsWarning);
}
