namespace Tunduk.Adapter.Grants;

/// <summary>Personal values that a grant may let its reader search by.</summary>
internal enum SearchedBy
{
    Person,
    User,
    Basis,
    MessageId,
}
