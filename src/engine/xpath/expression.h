#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// An expression of CommCare's XPath as a tree of plain values. Source of the rules: the form
/// engine document, section 2. Much of what parses is refused on evaluation (2.4).
namespace outpost::xpath {

enum class Axis : std::uint8_t {
  kChild,
  kDescendant,
  kParent,
  kAncestor,
  kFollowingSibling,
  kPrecedingSibling,
  kFollowing,
  kPreceding,
  kAttribute,
  kNamespace,
  kSelf,
  kDescendantOrSelf,
  kAncestorOrSelf,
};

enum class NodeTest : std::uint8_t {
  kName,         // Step::name is the (prefixed) name
  kAny,          // *
  kAnyInPrefix,  // Step::name is the prefix of prefix:*
  kNode,         // node()
  kText,         // text()
  kComment,      // comment()
  kInstruction,  // processing-instruction(), Step::name is its literal if there is one
};

struct Expression;

struct Step {
  Axis axis = Axis::kChild;
  NodeTest test = NodeTest::kName;
  std::string name;
  std::vector<Expression> predicates;
};

enum class Operator : std::uint8_t {
  kOr,
  kAnd,
  kEqual,
  kUnequal,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kTimes,
  kDivide,
  kModulo,
  kUnion,
};

struct Expression {
  enum class Kind : std::uint8_t {
    kNumber,    // number
    kString,    // text
    kVariable,  // text: its name without the dollar sign
    kCall,      // text: the function's name; operands: its arguments
    kBinary,    // op; operands: left and right
    kNegation,  // operands: one
    kFilter,    // operands: the primary and then its predicates, at least one
    kPath,      // is_absolute or a head (operands: one) or neither; steps
  };
  Kind kind = Kind::kNumber;
  Operator op = Operator::kOr;
  bool is_absolute = false;
  double number = 0;
  std::string text;
  std::vector<Expression> operands;
  std::vector<Step> steps;
  std::uint32_t offset = 0;  // where it begins in the source, in bytes from 0
  std::uint16_t height = 1;  // levels of the tree below and including this one
};

/// The tree in the compact notation of the form engine document, 2.2.
std::string Render(const Expression& expression);
/// A double as Java writes it: "10.0", "1.23E21".
std::string RenderDouble(double number);

}  // namespace outpost::xpath
