"""The law's values that an estimate uses, and a record of where each came from."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.core.errors import InvalidInput
from app.core.values.time import first_day, month_of
from app.insurance.benefits.errors import NO_RULES_YET
from app.insurance.law.benefits.lump_sums import LumpScale, PensionerScale
from app.insurance.law.benefits.pension import PensionScale
from app.insurance.rules.benefit_keys import FIRST_INCOME_YEAR, LAST_INCOME_YEAR, income_factor_key
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup

_ONE = Decimal(1)


class EstimateValues:
    """Values of the day of the estimate, and those of earlier months.

    What the law has not published yet for the day is taken as it was last, and named in `outdated`.
    """

    def __init__(self, book: Rulebook, day: date, assumed: Mapping[str, Decimal]) -> None:
        self.book, self.day = book, day
        self.lookup = RuleLookup(book, day, None, assumed)
        self.outdated: list[Rule] = []
        self.without_factor: list[int] = []
        self._of_months: dict[str, Rule] = {}

    def value(self, key: str) -> Decimal:
        """Return the value of the day, else the last one before it. Raises: InvalidInput where there was none yet."""
        value = self.lookup.optional_value(key)
        return self._last_value(key) if value is None else value

    def whole(self, key: str) -> int:
        """Return a value that is a whole number: đồng, months, years."""
        return int(self.value(key))

    def value_in_month(self, key: str, month: str) -> Decimal | None:
        """Return the confirmed value of a month that has passed; None without one. From the day on, that of the day."""
        if month >= month_of(self.day):
            return self.value(key)
        rule, _ = self.book.rules_on(key, first_day(month))
        if rule is None:
            return None
        self._of_months[str(rule.id)] = rule
        return rule.value

    def income_factor(self, year: int) -> Decimal:
        """The factor by which the incomes of a year are raised; 1, the law's least, where none is published.

        Source: NĐ 159/2025/NĐ-CP, Article 10.2. Amounts are today's money, so that years to come are not raised.
        """
        if year >= self.day.year or not FIRST_INCOME_YEAR <= year <= LAST_INCOME_YEAR:
            return _ONE
        key = income_factor_key(year)
        value = self.lookup.optional_value(key)
        self._note_factor_of_earlier_year(key)
        if value is None:
            if year not in self.without_factor:
                self.without_factor.append(year)
            return _ONE
        return max(_ONE, value)

    def _note_factor_of_earlier_year(self, key: str) -> None:
        """Note a factor that was published for the benefits of an earlier year than that of the estimate."""
        rule = self.lookup.used_rules.get(key)
        if isinstance(rule, Rule) and rule.valid_from.year < self.day.year and rule not in self.outdated:
            self.outdated.append(rule)

    def pension_scale(self, sex: str) -> PensionScale:
        """Read how the share of the pension grows. Source: Luật BHXH 41/2024/QH15, Articles 98 to 100."""
        base_share, female = self.value("pension_base_share"), sex == "female"
        return PensionScale(
            years_needed=self.whole("pension_years_needed"),
            base_years=self.whole(f"pension_base_years_{sex}"),
            base_share=base_share,
            step=self.value("pension_step"),
            max_share=self.value("pension_max_share"),
            short_share=base_share if female else self.value("pension_short_share_male"),
            short_step=Decimal(0) if female else self.value("pension_short_step_male"),
            bonus_years=self.whole(f"pension_bonus_years_{sex}"),
            bonus_factor=self.value("pension_bonus_factor"),
            late_factor=self.value("pension_bonus_late_factor"),
        )

    def withdrawal_scale(self) -> LumpScale:
        """Read the averages for each year of a one-off withdrawal."""
        return LumpScale(self.value("one_off_early_factor"), self.value("one_off_factor"))

    def survivor_scale(self) -> LumpScale:
        """Read the averages for each year of a survivors' benefit."""
        return LumpScale(self.value("survivor_early_factor"), self.value("survivor_factor"))

    def pensioner_scale(self) -> PensionerScale:
        """Read the pensions that a pensioner's family gets."""
        return PensionerScale(
            first=self.value("survivor_pensions_first"),
            full_months=self.whole("survivor_full_months"),
            step=self.value("survivor_pensions_step"),
            least=self.value("survivor_pensions_least"),
        )

    def used_rules(self) -> list[tuple[str, Rule | Decimal]]:
        """List what was used, each rule once."""
        of_the_day = {
            str(rule.id) if isinstance(rule, Rule) else key: (key, rule)
            for key, rule in self.lookup.used_rules.items()
        }
        others = {rule_id: (rule.key, rule) for rule_id, rule in self._of_months.items()}
        return list((others | of_the_day).values())

    def _past_rules(self, key: str) -> list[Rule]:
        return [rule for rule in self.book.confirmed_rules(key) if rule.valid_from <= self.day]

    def _last_value(self, key: str) -> Decimal:
        rules = self._past_rules(key)
        if not rules:
            raise InvalidInput(errors=[NO_RULES_YET])
        if rules[-1] not in self.outdated:
            self.outdated.append(rules[-1])
        self.lookup.used_rules[key] = rules[-1]
        return rules[-1].value
