using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Days on which something holds. <see cref="From"/> is the first day; <see cref="Until"/> is the first day on
/// which it no longer holds, so that one agreement may end and the next begin on the same date. Days begin at
/// midnight of the configured offset (Bishkek, UTC+06:00, by default).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AgreementPeriod(DateOnly From, DateOnly? Until)
{
    public bool Overlaps(AgreementPeriod other) =>
        (Until is null || other.From < Until) && (other.Until is null || From < other.Until);

    public bool Contains(DateOnly day) => day >= From && (Until is null || day < Until);

    public override string ToString() => From == DateOnly.MinValue ? (Until is null ? Phrases.Of("Agreements.AnyTime") : Phrases.Of("Agreements.Until", Until)) : Until is null ? Phrases.Of("Agreements.From", From) : Phrases.Of("Agreements.FromUntil", From, Until);
}
