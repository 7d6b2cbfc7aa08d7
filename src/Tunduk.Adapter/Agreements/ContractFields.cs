using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>The field names of one operation by its contract.</summary>
internal sealed record ContractFields(
    IReadOnlyList<ContractField> Request,
    MessageShape RequestShape,
    IReadOnlyList<ContractField> Response,
    MessageShape ResponseShape);
