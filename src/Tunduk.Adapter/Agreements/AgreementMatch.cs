using System.Diagnostics.CodeAnalysis;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>The agreement in force for a key, or why there is none.</summary>
internal readonly record struct AgreementMatch(Agreement? Agreement, AgreementService? Service, PolicyRefusal? Refusal)
{
    [MemberNotNullWhen(true, nameof(Agreement), nameof(Service))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsFound => Refusal is null && Agreement is not null && Service is not null;
}
