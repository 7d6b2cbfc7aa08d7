namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>Short lists from which the invented persons are put together. No line stands for a real person or place of residence.</summary>
internal static class InventedNames
{
    /// <summary>Roots of surnames; the ending follows the gender.</summary>
    public static readonly string[] Surnames =
    [
        "Асанов", "Токтогулов", "Жумабеков", "Абдыкадыров", "Сыдыков", "Кубанычбеков", "Мамытов", "Осмонов", "Бейшеналиев",
        "Чынгышев", "Турдубаев", "Исаков", "Орозбеков", "Садыров", "Эсенгулов", "Кожомкулов", "Иванов", "Петренков", "Лесников",
        "Степанов", "Юсупов", "Рахимов", "Назаров", "Байсалов",
    ];

    public static readonly string[] MaleNames =
    [
        "Азамат", "Бакыт", "Нурлан", "Эрмек", "Тилек", "Данияр", "Улан", "Максат", "Адилет", "Руслан", "Павел", "Андрей", "Илья", "Кайрат",
    ];

    public static readonly string[] FemaleNames =
    [
        "Айгүл", "Гүлнара", "Нургүл", "Жылдыз", "Айпери", "Мээрим", "Чолпон", "Бегимай", "Асель", "Венера", "Ольга", "Марина", "Нина", "Сезим",
    ];

    /// <summary>Roots of patronymics; the ending follows the gender.</summary>
    public static readonly string[] Patronymics =
    [
        "Асан", "Бакыт", "Нурлан", "Эрмек", "Садыр", "Данияр", "Улан", "Кайрат", "Иван", "Степан", "Роман", "Талант",
    ];

    public static readonly string[] Nationalities = ["кыргыз", "кыргыз", "кыргыз", "узбек", "русский", "дунган", "казах", "татарин"];

    public static readonly string[] MaritalStatuses = ["холост (не замужем)", "в браке", "в браке", "в разводе", "вдовец (вдова)"];

    public static readonly (string Region, string District, string Locality)[] Places =
    [
        ("Чуйская область", "Аламудунский район", "с. Жаңы-Булак"), ("Чуйская область", "Сокулукский район", "с. Ак-Талаа"),
        ("Ошская область", "Кара-Суйский район", "с. Көк-Терек"), ("Нарынская область", "Ат-Башинский район", "с. Таш-Арык"),
        ("Иссык-Кульская область", "Тонский район", "с. Сары-Ой"), ("Таласская область", "Бакай-Атинский район", "с. Үч-Кайнар"),
        ("Баткенская область", "Лейлекский район", "с. Өрүктү"), ("город Бишкек", "Первомайский район", "г. Бишкек"),
    ];

    public static readonly string[] Streets =
    [
        "ул. Ала-Арча", "ул. Тянь-Шань", "ул. Арча", "ул. Бөрү", "ул. Садовая", "ул. Речная", "ул. Манас-Ата", "пер. Тополиный",
    ];

    public static readonly (string Brand, string Model)[] Cars =
    [
        ("Тулпар", "К-2"), ("Тулпар", "К-4"), ("Ак-Кула", "Степь"), ("Жорго", "Мини"), ("Жорго", "Универсал"),
    ];
}
